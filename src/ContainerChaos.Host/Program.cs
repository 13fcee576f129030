return 125;
